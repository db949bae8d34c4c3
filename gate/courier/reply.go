package courier

import (
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"unicode"
)

// answered says what a server answered, or that nothing came.
func answered(what string, err error) error {
	if reply, is := errors.AsType[*textproto.Error](err); is {
		return fmt.Errorf("%s: %s", what, replied(reply))
	}
	return fmt.Errorf("%s: %s", what, cause(err))
}

// mendable is an answer that somebody has to do something about, where it is no passing one.
func mendable(what string, err error) error {
	if err == nil {
		return nil
	}
	if reply, is := errors.AsType[*textproto.Error](err); is && reply.Code >= 500 {
		return toMend(what + ": " + replied(reply))
	}
	return answered(what, err)
}

// final is an answer that stays the same, where it is no passing one.
func final(what string, err error) error {
	if reply, is := errors.AsType[*textproto.Error](err); is && reply.Code >= 500 {
		return &Refused{what + ": " + replied(reply)}
	}
	return answered(what, err)
}

// replied is what a server of mail said, in one short line.
func replied(reply *textproto.Error) string {
	text := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(reply.Msg, "?"))
	if all := []rune(text); len(all) > 200 {
		text = string(all[:199]) + "…"
	}
	return fmt.Sprintf("%d %s", reply.Code, text)
}
