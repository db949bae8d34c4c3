package gate

// history is what the record tells of besides its last verdict. It is a document of its own: the record is
// written with every verdict on the sum, and this when the next Increment is made or the first time one is done.
type history struct {
	Recent       []Increment           `json:"recent,omitempty"`       // as those of the record, less the head
	Done         []DoneMark            `json:"done,omitempty"`         // all that the record has
	Compositions map[int64]Composition `json:"compositions,omitempty"` // of the head Increment and the last done one, by number
}

func (r *record) history() *history {
	h := &history{Done: r.Done, Compositions: map[int64]Composition{}}
	for _, i := range r.Recent {
		if i.Number != r.Head.Number {
			h.Recent = append(h.Recent, i)
		}
	}
	for _, i := range []Increment{r.Head, r.LastDone} {
		if i.Number > 0 {
			h.Compositions[i.Number] = i.Composition
		}
	}
	return h
}

// short is the record as it is kept, less its history.
func (r record) short() *record {
	r.Head.Composition, r.LastDone.Composition, r.Recent, r.Done = nil, nil, nil, nil
	return &r
}

// recallHistory completes the record, unless it was kept whole, as it was by builds that kept no history.
func (s *State) recallHistory() {
	r := &s.record
	if s.history == nil || r.Head.Number == 0 || r.Head.Composition != nil {
		return
	}
	r.Head.Composition, r.LastDone.Composition = s.history.Compositions[r.Head.Number], s.history.Compositions[r.LastDone.Number]
	r.Recent, r.Done = s.history.Recent, s.history.Done
	s.remember(r.Head)
}

// keepHistory has it written before the record is written without it for the first time.
func (s *State) keepHistory() {
	if s.changed[recordDoc+" "] && !s.keptHistory {
		s.touch(historyDoc, "")
	}
	s.keptHistory = s.keptHistory || s.changed[historyDoc+" "]
	s.history = nil // it is in the record
}
