// Package trace tells OpenTelemetry what became of a delivery and how long each part took: one trace from its receipt
// to the report that a forge has taken. It is the only package that knows OpenTelemetry.
//
// The trace context is kept with the delivery, in its W3C form, and not in memory: whoever judges the delivery, sends
// the report or reads from a forge for it goes on with the same trace, also after a restart and on another replica.
// What enters the inbox because of it, such as the answer to a read, is kept with the same trace. It is what the Nexus
// Guide calls transparency, for those who ask where the time went.
//
// Traces are off unless the standard variables (OTEL_…) say where they go. A [Tracer] that is off is nil: its methods,
// and those of a nil [Span], do nothing. Whoever is observed never waits for whoever takes the spans: what cannot be
// sent is dropped, and that is logged once.
//
// It refuses to tell secrets, bodies, addresses with what they ask for, names of people and of branches: a span says
// which delivery, which Nexus, which kind of thing and which commit, after OpenTelemetry's conventions for HTTP and
// messaging. What a caller says of traces is passed over: whoever may reach the webhooks does not choose what is traced.
//
// A sample of one trace:
//
//	POST /webhook/github                     server    http.response.status_code=202
//	  keep inbox                             producer  messaging.message.id=0198f0…
//	    process inbox                        consumer  nexusgate.nexus=storefront
//	      decode
//	      judge                              an event for each verdict
//	      record                             an event for each report that is owed
//	    read commit                          internal
//	      GET get_commit                     client    http.response.status_code=200
//	      keep inbox                         producer
//	        process inbox                    consumer
//	    report Done                          internal  nexusgate.outcome=done
//	      POST create_check_run              client    http.response.status_code=201
package trace
