-- Checkpoints: the state of a lane as of a step, so that the log before it can be deleted and what is
-- left of it still be folded again.

-- +goose Up
CREATE TABLE checkpoints (
    lane TEXT   NOT NULL,
    seq  BIGINT NOT NULL, -- of the step
    now  BIGINT NOT NULL, -- that it was judged by
    made BIGINT NOT NULL,
    PRIMARY KEY (lane, seq)
);

-- The documents of a checkpoint are there before it is, and those of one that never came to be are
-- taken away by the next.
CREATE TABLE checkpoint_docs (
    lane TEXT   NOT NULL,
    seq  BIGINT NOT NULL,
    key  TEXT   NOT NULL,
    body BYTEA  NOT NULL,
    PRIMARY KEY (lane, seq, key)
);

-- +goose Down
DROP TABLE checkpoint_docs;
DROP TABLE checkpoints;
