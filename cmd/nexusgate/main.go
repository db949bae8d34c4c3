package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the zone of a Sprint's calendar is known on a machine that has no zones too
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}

// untilSignal is for commands that end in good order when they are asked to. All others end at once, as
// programs do: neither CUE nor the reading of a file can be interrupted otherwise.
func untilSignal(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	return ctx, stop
}

// run is the program, with its process handed in. It returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	s := streams{in: stdin, out: stdout, err: stderr, getenv: getenv}
	said, err := obey(ctx, args, s)
	switch {
	case errors.Is(err, errHelped):
		return int(yes)
	case err != nil:
		fmt.Fprintln(stderr, "nexusgate:", err)
		return int(failed)
	default:
		return int(said)
	}
}

func obey(ctx context.Context, args []string, s streams) (answer, error) {
	c, err := parse(args, s)
	if err != nil {
		return failed, err
	}
	return c.Run(ctx, s)
}
