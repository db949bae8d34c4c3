-- The outbox: what each forge was last told of a subject at a commit, and what it is owed.

-- +goose Up
CREATE TABLE owed (
    key          TEXT   NOT NULL PRIMARY KEY,
    nexus        TEXT   NOT NULL,
    version      BIGINT NOT NULL, -- one more for each other report
    digest       TEXT   NOT NULL, -- of the report as it is to be
    body         TEXT   NOT NULL, -- JSON of the report
    pending      BIGINT NOT NULL, -- 1: the forge has not taken it
    urgent       BIGINT NOT NULL,
    received     BIGINT NOT NULL, -- the earliest since the forge last took one
    not_before   BIGINT NOT NULL,
    attempts     BIGINT NOT NULL, -- since the forge last took one
    tried        BIGINT NOT NULL, -- the version whose attempt began and did not end; 0: none
    tried_digest TEXT   NOT NULL,
    taken_digest TEXT   NOT NULL, -- of what the forge shows
    remote       BIGINT NOT NULL, -- the forge's id of it; 0: not known
    reason       TEXT   NOT NULL  -- why it was deferred
);

CREATE INDEX owed_due ON owed (not_before) WHERE pending = 1;

-- +goose Down
DROP TABLE owed;
