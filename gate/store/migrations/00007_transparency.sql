-- The log of verdicts: for each Nexus one Merkle tree that only grows, so that a verdict that was
-- changed, taken away or slipped in later is found.
--
-- A leaf brings the hashes of the subtrees that it completes: with them a tree of any size can be
-- computed, and a verdict costs one row.

-- +goose Up
CREATE TABLE leaves (
    nexus     TEXT   NOT NULL,
    number    BIGINT NOT NULL, -- 0, 1, 2, …: the recorded order
    verdict   TEXT   NOT NULL,
    forgotten BIGINT NOT NULL, -- when retention deleted the verdict; 0: it is kept
    hashes    BYTEA  NOT NULL, -- 32 bytes each: of the verdict as it is kept, then of the subtrees
    PRIMARY KEY (nexus, number)
);

CREATE UNIQUE INDEX leaves_verdict ON leaves (verdict);

-- Signed statements of how large a tree was, and what its hash.
CREATE TABLE heads (
    nexus TEXT   NOT NULL,
    size  BIGINT NOT NULL,
    made  BIGINT NOT NULL,
    note  TEXT   NOT NULL,
    PRIMARY KEY (nexus, size, made)
);

-- The key that signs where the service is given none.
CREATE TABLE log_keys (
    name TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
);

-- Verdicts are entered in their order by the next migration, once.
CREATE INDEX verdicts_order ON verdicts (nexus, step, place);

-- +goose Down
DROP INDEX verdicts_order;
DROP TABLE log_keys;
DROP TABLE heads;
DROP TABLE leaves;
