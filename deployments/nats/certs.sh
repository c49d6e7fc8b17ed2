#!/bin/sh
# Makes an authority and the certificates of a NATS cluster and of rawi in the current folder: certs.sh nats-1 nats-2 nats-3 10.0.0.7
# The arguments are the names and addresses by which clients and nodes reach the servers. For one year; run it again before that.
set -eu
[ $# -gt 0 ] || { echo "usage: certs.sh NAME..." >&2; exit 2; }
umask 077

names=""
for name in "$@"; do
  case $name in
    *:*) kind=IP ;;
    *[!0-9.]*) kind=DNS ;;
    *) kind=IP ;;
  esac
  names="$names,$kind:$name"
done

[ -f ca.key ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -keyout ca.key -out ca.pem \
  -subj "/CN=rawi NATS authority" -addext "keyUsage=critical,keyCertSign,cRLSign" 2>/dev/null

issue() { # file, extensions
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -subj "/CN=$1" 2>/dev/null |
    { printf '%s\n' "$2" > "$1.ext"; openssl x509 -req -CA ca.pem -CAkey ca.key -days 365 -extfile "$1.ext" -out "$1.pem" 2>/dev/null; }
  rm "$1.ext"
}
issue server "subjectAltName=${names#,}
extendedKeyUsage=serverAuth,clientAuth"
issue rawi "extendedKeyUsage=clientAuth"
echo "ca.pem, server.pem and server.key go to the NATS servers; ca.pem, rawi.pem and rawi.key to rawi; ca.key stays with you"
