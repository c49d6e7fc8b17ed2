// Package doctor looks at everything that a daemon stands on, and says what is wrong with it and what to do.
package doctor

import (
	"context"
	"log/slog"
	"net"
	"time"

	"rawi/config"
)

// States of a check.
const (
	OK   = "ok"
	Warn = "warn" // it works, and will not for ever, or not as well as it could
	Fail = "fail" // it does not work
)

// Check is what was found of one thing.
type Check struct {
	Name  string `json:"name"`
	State string `json:"state"` // ok, warn or fail
	Found string `json:"found"`
	Do    string `json:"do,omitempty"` // what to do about it
}

// Report is what a whole look has found.
type Report struct {
	Checks []Check `json:"checks"`
	Warned int     `json:"warned"`
	Failed int     `json:"failed"`
}

// Patient is what is looked at.
type Patient struct {
	Loaded  config.Loaded // what could be read of the configuration
	Wrong   error         // why it cannot be used; nil where it can
	Source  string        // the name of a source whose feed or page is asked for once; empty: no outlet is asked for anything
	Version string
	Log     *slog.Logger
	Resolve func(ctx context.Context) error // asks the system's resolver for a name; nil for the name servers of the root
}

// timeout bounds each check: one that hangs tells nothing.
const timeout = 15 * time.Second

// Look makes every check that can be made, one after the other. It changes nothing, starts nothing and asks no outlet, but for that of Source. A
// daemon may run or not.
func Look(ctx context.Context, p Patient) Report {
	if p.Resolve == nil {
		p.Resolve = func(ctx context.Context) error {
			_, err := net.DefaultResolver.LookupNS(ctx, ".")
			return err
		}
	}
	checks := []Check{p.build(), p.configuration()}
	for _, check := range []func(context.Context) []Check{p.daemon, p.bus, p.disk, p.names, p.memory, p.files, p.outlet} {
		timed, cancel := context.WithTimeout(ctx, timeout)
		checks = append(checks, check(timed)...)
		cancel()
	}
	r := Report{Checks: checks}
	for _, c := range checks {
		switch c.State {
		case Warn:
			r.Warned++
		case Fail:
			r.Failed++
		}
	}
	return r
}

func good(name, found string) Check      { return Check{Name: name, State: OK, Found: found} }
func doubt(name, found, do string) Check { return Check{Name: name, State: Warn, Found: found, Do: do} }

func bad(name, found, do string) Check { return Check{Name: name, State: Fail, Found: found, Do: do} }

func (p Patient) configuration() Check {
	if p.Wrong != nil {
		return bad("configuration", p.Wrong.Error(), "set it right, then: rawi check -c FILE; what follows is looked at with the defaults")
	}
	if len(p.Loaded.Warnings) > 0 {
		return doubt("configuration", p.Loaded.Summary()+"; "+p.Loaded.Warnings[0], "rawi check says where each value comes from")
	}
	return good("configuration", p.Loaded.Summary())
}

// clock judges how far two clocks are apart.
func clock(name, whose string, offset, uncertainty time.Duration) Check {
	apart := offset.Abs()
	found := "as that of " + whose
	if apart > uncertainty {
		word := "behind"
		if offset < 0 {
			word = "ahead of"
		}
		found = apart.Round(time.Millisecond).String() + " " + word + " that of " + whose
	}
	const do = "let this machine keep its time by NTP (chrony, systemd-timesyncd): times of articles and the age of messages are told by it"
	switch {
	case apart > time.Minute+uncertainty:
		return bad(name, found, do)
	case apart > 2*time.Second+uncertainty:
		return doubt(name, found, do)
	}
	return good(name, found)
}
