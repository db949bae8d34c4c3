package forge

import "context"

// guard is the key of who is asked about a request, in its context.
type guard struct{}

// Guarded is a context each of whose requests is asked about just before it is sent: with an error it is
// not. A process that was stopped for a while, and whose work another does by now, must not go on where
// it was.
func Guarded(ctx context.Context, may func() error) context.Context {
	return context.WithValue(ctx, guard{}, may)
}

func mayBegin(ctx context.Context) error {
	if may, guarded := ctx.Value(guard{}).(func() error); guarded {
		return may()
	}
	return nil
}
