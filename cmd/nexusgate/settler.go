package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// settler has Nexus-wide definitions that come from repositories computed in processes of their own,
// within a time and a memory. Whatever becomes of such a process, the service goes on.
type settler struct {
	program string   // this very program
	args    []string // that make it the child
	timeout time.Duration
	memory  int64 // bytes
	slots   chan struct{}
}

// The bounds of a definition that comes from a repository.
const (
	settleTimeout = 5 * time.Second
	settleMemory  = 512 << 20
	settlesAtOnce = 2
	largestAnswer = 16 << 20 // bytes of what a child writes
	largestWords  = 4 << 10  // bytes of what it says in its last moments
	tellableFault = 1000     // letters of one fault
	mostTold      = 100      // faults
	// leastShare is the part of its time that a process had a processor for, or else that it did not end
	// says more of this machine than of the definition.
	leastShare = 0.2
)

func newSettler() (*settler, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program, to compute definitions in a process of its own: %w", err)
	}
	if runtime.GOOS == "linux" {
		program = "/proc/self/exe" // is this program also after its file was replaced
	}
	return &settler{
		program: program, args: []string{"nexusgate", "settle"}, timeout: settleTimeout, memory: settleMemory,
		slots: make(chan struct{}, settlesAtOnce),
	}, nil
}

// computed is what a definition computes to. Where it has faults there is nothing else.
type computed struct {
	settled    string
	definition *definition.Definition
	faults     definition.Faults
}

// settle computes a definition. An error is ours, and worth another try; all that is wrong with the
// definition, that it takes too much included, is faults.
func (s *settler) settle(ctx context.Context, f definition.File) (computed, error) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return computed{}, ctx.Err()
	}
	question, err := json.Marshal(settleQuestion{File: f.Name, Source: f.Source})
	if err != nil {
		return computed{}, fmt.Errorf("asking for what %s computes to: %w", f.Name, err)
	}
	timed, stop := context.WithTimeout(ctx, s.timeout)
	defer stop()
	said, last := &limited{left: largestAnswer}, &limited{left: largestWords, cut: true}
	cmd := s.command(timed)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(question), said, last
	if err := cmd.Start(); err != nil {
		return computed{}, fmt.Errorf("starting a process to compute %s: %w", f.Name, err)
	}
	ended := cmd.Wait()
	if ctx.Err() != nil {
		return computed{}, ctx.Err()
	}
	if timed.Err() != nil && ended != nil && !said.over && s.kept(cmd.ProcessState) {
		return computed{}, fmt.Errorf("the process that computes %s had a processor for less than a fifth of %s; the machine is busy", f.Name, s.timeout)
	}
	if trouble := s.trouble(timed, ended, said, last.text.String()); trouble != "" {
		return computed{faults: definition.Faults{{Pos: beginning(f.Name), Message: trouble}}}, nil
	}
	return read(f, said.text.Bytes())
}

// command is the child: it knows nothing of the service's environment, and so of none of its secrets.
func (s *settler) command(ctx context.Context) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.program)
	cmd.Args = append(append([]string(nil), s.args...),
		"--seconds", strconv.Itoa(int(s.timeout/time.Second)+1), "--bytes", strconv.FormatInt(s.memory, 10))
	cmd.Env = []string{"GOTRACEBACK=none"}
	cmd.WaitDelay = time.Second
	alone(cmd)
	return cmd
}

// kept says whether a process was kept from a processor for most of its time.
func (s *settler) kept(p *os.ProcessState) bool {
	return p != nil && (p.UserTime()+p.SystemTime()).Seconds() < leastShare*s.timeout.Seconds()
}

// trouble says what is wrong with a definition whose process did not end well, and "" where it did.
func (s *settler) trouble(timed context.Context, ended error, said *limited, last string) string {
	exited, isExit := errors.AsType[*exec.ExitError](ended)
	code := 0
	if isExit {
		code = exited.ExitCode()
	}
	switch {
	case said.over:
		return fmt.Sprintf("this definition computes to more than %d MiB; write less", largestAnswer>>20)
	case ended == nil:
		return ""
	case timed.Err() != nil || code == exitTime:
		return fmt.Sprintf("computing this definition took more than %s; write it more simply", s.timeout)
	case code == exitMemory || strings.Contains(last, "out of memory") || strings.Contains(last, "cannot allocate memory"):
		return fmt.Sprintf("computing this definition took more than %d MiB of memory; write it more simply", s.memory>>20)
	case strings.Contains(last, "stack overflow") || strings.Contains(last, "stack exceeds"):
		return "computing this definition leads too deep; write it more simply"
	}
	first, _, _ := strings.Cut(strings.TrimSpace(last), "\n")
	return fmt.Sprintf("the process that computed this definition ended (%s) and said %.200q; write it more simply", ended, first)
}

// read takes the child's answer for what it is: the word of a process that has read a stranger's file.
func read(f definition.File, said []byte) (computed, error) {
	var a settleAnswer
	if err := json.Unmarshal(said, &a); err != nil {
		return computed{}, fmt.Errorf("reading what %s computes to: %w", f.Name, err)
	}
	if len(a.Faults) > 0 {
		return computed{faults: tellableOf(f.Name, a.Faults)}, nil
	}
	d, err := definition.LoadSettled(f, a.Settled)
	if err != nil {
		return computed{}, err
	}
	return computed{settled: a.Settled, definition: d}, nil
}

// tellableOf is as many of the faults as are told, none of them longer than is told, all of one file.
func tellableOf(file string, faults definition.Faults) definition.Faults {
	told := slices.Clone(faults[:min(len(faults), mostTold)])
	for i, fault := range told {
		told[i].Message, told[i].Pos.File = clipped(fault.Message, tellableFault), file
	}
	if more := len(faults) - len(told); more > 0 {
		told = append(told, definition.Fault{Pos: told[len(told)-1].Pos, Message: fmt.Sprintf("and %s; mend those above first", count(more, "more fault", "more faults"))})
	}
	return told
}

// limited keeps so many bytes of what is written to it. What is over ends the writing, or is cut.
type limited struct {
	text bytes.Buffer
	left int
	cut  bool
	over bool
}

// Write is io.Writer's.
func (l *limited) Write(p []byte) (int, error) {
	taken := p[:min(len(p), l.left)]
	l.left -= len(taken)
	l.text.Write(taken)
	if len(taken) < len(p) && !l.cut {
		l.over = true
		return len(taken), errors.New("that is more than is read")
	}
	return len(p), nil
}
