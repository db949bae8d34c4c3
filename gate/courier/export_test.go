package courier

import "net/mail"

// Encoded is a message as it is sent.
func Encoded(m *Message, from string) ([]byte, error) { return m.encoded(&mail.Address{Address: from}) }
