-- Increments are found by their compositions: evidence is brought for those.

-- +goose Up
CREATE INDEX increments_digest ON increments (nexus, digest);

-- +goose Down
DROP INDEX increments_digest;
