package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// settleCommand computes a definition in a process of its own, which the service starts: it bounds
// itself before it reads a word, since CUE can neither be cancelled nor held to a size from within.
type settleCommand struct {
	Seconds int   `default:"5" placeholder:"N" help:"The most seconds of a processor that it may take."`
	Bytes   int64 `default:"536870912" placeholder:"N" help:"The most memory that it may take."`
}

// settleQuestion is what the child reads, and settleAnswer what it writes.
type settleQuestion struct {
	File   string `json:"file"` // as faults name it
	Source []byte `json:"source"`
}

type settleAnswer struct {
	Settled string            `json:"settled,omitempty"`
	Faults  definition.Faults `json:"faults,omitempty"`
}

// largestQuestion bounds what the child reads, in bytes.
const largestQuestion = 2*largestFile + 64<<10

// Run is the child's whole life.
func (c *settleCommand) Run(_ context.Context, s streams) (answer, error) {
	if c.Seconds <= 0 || c.Bytes <= 0 {
		return failed, errors.New("settling needs a time and a memory to keep to")
	}
	if err := confine(c.Seconds, c.Bytes); err != nil {
		return failed, fmt.Errorf("bounding the process: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(s.in, largestQuestion))
	if err != nil {
		return failed, fmt.Errorf("reading the definition: %w", err)
	}
	var q settleQuestion
	if err := json.Unmarshal(text, &q); err != nil {
		return failed, fmt.Errorf("reading the definition: %w", err)
	}
	if err := json.NewEncoder(s.out).Encode(q.settle()); err != nil {
		return failed, fmt.Errorf("writing what the definition computes to: %w", err)
	}
	return yes, nil
}

// endOfTime is later than any exception ends. What a definition computes to is the same at any time; how
// far ahead an exception lies is asked when it comes into force.
var endOfTime = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

func (q *settleQuestion) settle() settleAnswer {
	d, err := definition.Load(definition.File{Name: q.File, Source: q.Source})
	if err != nil {
		return settleAnswer{Faults: faultsIn(err)}
	}
	if faults, _ := d.Vet(nil, endOfTime); len(faults) > 0 {
		return settleAnswer{Faults: faults}
	}
	settled, err := definition.Settle(d)
	if err != nil {
		return settleAnswer{Faults: definition.Faults{{Pos: beginning(q.File), Message: err.Error()}}}
	}
	return settleAnswer{Settled: settled}
}

func beginning(file string) definition.Pos { return definition.Pos{File: file, Line: 1, Column: 1} }
