-- name: PutAttestation :exec
INSERT INTO attestations (verdict, made, envelope) VALUES (@verdict, @made, @envelope)
ON CONFLICT (verdict) DO UPDATE SET made = excluded.made, envelope = excluded.envelope;

-- name: Attestation :one
SELECT envelope FROM attestations WHERE verdict = @verdict;
