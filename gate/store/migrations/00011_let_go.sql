-- What retention has deleted of the log's verdicts, signed: a mark beside a leaf is anybody's to set.

-- +goose Up
CREATE TABLE let_go (
    nexus TEXT   NOT NULL,
    leaf  BIGINT NOT NULL, -- the first that the note tells of
    made  BIGINT NOT NULL,
    note  TEXT   NOT NULL,
    PRIMARY KEY (nexus, leaf, made)
);

-- +goose Down
DROP TABLE let_go;
