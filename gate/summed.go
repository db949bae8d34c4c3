package gate

// share is what a component adds to the sum; nil where its findings cannot be put together with others'.
func (st *standing) share(component string) *share {
	if st.shared == nil {
		st.shared = shareOf(component, st.Verdict.Findings)
	}
	return st.shared
}
