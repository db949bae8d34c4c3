package webhook

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// moment is a forge's time, in any of the forms that the forges use: RFC 3339, seconds since 1970
// (GitHub's push), "2016-08-12 15:23:28 UTC" (GitLab), null or "" for none.
//
// It is cut to whole seconds: GitLab tells the start of one job as "…37.886Z" in a Job Hook and as
// "…37 UTC" in a Pipeline Hook, and a later start would reopen a job that has ended.
type moment struct{ time.Time }

// lastSecond is the last one of the year 9999.
const lastSecond = 253402300799

// layouts are the forms of a time as text. RFC 3339 admits a fraction of a second by itself.
func layouts() [4]string {
	return [...]string{time.RFC3339, "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700", time.DateTime}
}

// UnmarshalJSON reads any of the forms. A time before 1970 or after 9999 is an error, but for the
// year 1, which some producers send for none.
func (m *moment) UnmarshalJSON(b []byte) error {
	t, err := parseMoment(b)
	if err != nil {
		return err
	}
	t = t.UTC().Truncate(time.Second)
	switch {
	case t.Year() == 1:
		t = time.Time{}
	case t.Year() < 1970 || t.Year() > 9999:
		return fmt.Errorf("the year %d is not a forge's", t.Year())
	}
	m.Time = t
	return nil
}

func parseMoment(b []byte) (time.Time, error) {
	if seconds, err := strconv.ParseInt(string(b), 10, 64); err == nil && 0 <= seconds && seconds <= lastSecond {
		return time.Unix(seconds, 0), nil
	}
	var s *string
	if err := json.Unmarshal(b, &s); err != nil {
		return time.Time{}, fmt.Errorf("%s is not a time", text(string(b), 80))
	}
	if s == nil || *s == "" {
		return time.Time{}, nil
	}
	for _, layout := range layouts() {
		if t, err := time.Parse(layout, *s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time", text(*s, 80))
}

// latest is the last of the moments that are told.
func latest(moments ...moment) time.Time {
	var last time.Time
	for _, m := range moments {
		if m.After(last) {
			last = m.Time
		}
	}
	return last
}
