package login

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// mostOfClaim bounds a text that a token tells, in bytes.
const mostOfClaim = 2 << 10

// claims are what a token says. Each forge writes numbers and yes or no as it likes, GitLab as texts; null is
// as good as absent. The first that cannot be read is kept as a fault.
type claims struct {
	said  map[string]json.RawMessage
	fault error
}

func readClaims(payload []byte) (*claims, error) {
	c := &claims{}
	if err := json.Unmarshal(payload, &c.said); err != nil {
		return nil, fmt.Errorf("what it says is no JSON object: %w", err)
	}
	return c, nil
}

func (c *claims) value(name string) json.RawMessage {
	if value := c.said[name]; string(value) != "null" {
		return value
	}
	return nil
}

func (c *claims) wrong(name, want string) {
	if c.fault == nil {
		c.fault = fmt.Errorf("its %s is no %s", name, want)
	}
}

// text is a claim in one line, "" where there is none.
func (c *claims) text(name string) string {
	value := c.value(name)
	if value == nil {
		return ""
	}
	var text string
	if json.Unmarshal(value, &text) != nil || !printable(text) {
		c.wrong(name, fmt.Sprintf("text in one line of %d bytes at most", mostOfClaim))
		return ""
	}
	return text
}

func printable(text string) bool {
	return len(text) <= mostOfClaim && utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// number is a claim that counts or names something, 0 where there is none.
func (c *claims) number(name string) int64 {
	digits := string(bytes.Trim(c.value(name), `"`))
	if digits == "" {
		return 0
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 {
		c.wrong(name, "whole number")
		return 0
	}
	return n
}

// flag is a claim that says yes or no.
func (c *claims) flag(name string) bool {
	switch word := string(bytes.Trim(c.value(name), `"`)); word {
	case "true":
		return true
	case "false", "":
		return false
	default:
		c.wrong(name, "yes or no")
		return false
	}
}

// furthest is the last second that a token may speak of: that a year has four digits.
const furthest = 253402300799

// moment is a claim in seconds since 1970, zero where there is none. RFC 7519 allows for fractions.
func (c *claims) moment(name string) time.Time {
	value := c.value(name)
	if value == nil {
		return time.Time{}
	}
	seconds, err := strconv.ParseFloat(string(value), 64)
	if err != nil || !(seconds >= 0 && seconds <= furthest) {
		c.wrong(name, "time")
		return time.Time{}
	}
	whole, part := math.Modf(seconds)
	return time.Unix(int64(whole), int64(part*1e9))
}

// audience is for whom the token was made: one text, or a list.
func (c *claims) audience() []string {
	var one string
	var several []string
	switch value := c.value("aud"); {
	case value == nil:
	case json.Unmarshal(value, &one) == nil:
		return []string{one}
	case json.Unmarshal(value, &several) != nil:
		c.wrong("aud", "audience")
	}
	return several
}
