package gate

// weighed is what findings come to together.
type weighed struct {
	heaviest          int // see weight
	required, unknown bool
	excepted          bool // something is under an exception
}

func (w weighed) of(f *Finding) weighed {
	w.heaviest, w.required = max(w.heaviest, weight(f)), w.required || isRequired(f)
	w.excepted = w.excepted || f.Exception != ""
	return w
}

func (w weighed) with(other weighed) weighed {
	return weighed{max(w.heaviest, other.heaviest), w.required || other.required, w.unknown || other.unknown, w.excepted || other.excepted}
}

// outcome is "" where it rests on what is not known: not done is not done, whatever else there is.
func (w weighed) outcome() Outcome {
	if w.unknown && w.heaviest < 2 {
		return ""
	}
	return [...]Outcome{Done, Awaiting, NotDone}[w.heaviest]
}

// under says whether it is done under exceptions, which is another outcome than done.
func (w weighed) under() bool { return w.excepted && w.outcome() == Done }
