package main

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/nexusgate/nexusgate/gate/report"
)

// fault is a fault of ours that came to light as a panic. The process outlives it: one delivery that nobody
// has thought of would otherwise end each replica in turn.
type fault struct {
	said  string
	place string // "gate.(*State).foldPush, fold.go:281"
	stack []byte
}

// Error is short enough to be kept and shown. What a panic says may repeat what a forge sent.
func (f *fault) Error() string {
	return fmt.Sprintf("a fault of nexusgate: %s (%s)", report.Cut(report.Plain(f.said), 300), f.place)
}

// caught does something, and gives what panics in it. The runtime ends the process all the same when memory
// or a stack runs out.
func caught(do func()) (broke *fault) {
	defer func() {
		if said := recover(); said != nil {
			broke = &fault{said: fmt.Sprint(said), place: panicked(), stack: debug.Stack()}
		}
	}()
	do()
	return nil
}

// safely takes what panics for the error that came of it.
func safely(do func() error) (err error) {
	if broke := caught(func() { err = do() }); broke != nil {
		return broke
	}
	return err
}

// module begins the names of our own functions, and ofMain those of the program itself.
const module, ofMain = "github.com/nexusgate/nexusgate/", "main."

// panicked is where the panic began that is being recovered from: the first place of ours above the
// runtime's. What lies between, such as the JSON encoder, may have panicked once more.
func panicked() string {
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers[:])])
	unwinding := false
	for {
		frame, more := frames.Next()
		if unwinding && (strings.HasPrefix(frame.Function, module) || strings.HasPrefix(frame.Function, ofMain)) {
			return fmt.Sprintf("%s, %s:%d", path.Base(frame.Function), path.Base(frame.File), frame.Line)
		}
		if unwinding = unwinding || frame.Function == "runtime.gopanic"; !more {
			return "somewhere"
		}
	}
}

// stackOf is the stack of a fault; "" of any other error.
func stackOf(err error) string {
	broke, is := errors.AsType[*fault](err)
	if !is {
		return ""
	}
	return string(broke.stack)
}
