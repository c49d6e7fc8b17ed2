package doctor

import (
	"strings"
	"testing"
)

// A store that another user's daemon has made looks the same to this user as one of its own that it was not given; one that nobody can make does
// not.
func TestDoctorTellsAStoreOfAnotherUserFromOneThatCannotBeMade(t *testing.T) {
	made := unwritable("/var/lib/rawi", "/var/lib/rawi")
	if made.State != Warn || !strings.Contains(made.Do, "as the user of the daemon") {
		t.Errorf("of another user: %+v", made)
	}
	missing := unwritable("/var/lib", "/var/lib/rawi")
	if missing.State != Fail || !strings.Contains(missing.Found, "cannot make /var/lib/rawi") {
		t.Errorf("still to be made: %+v", missing)
	}
}
