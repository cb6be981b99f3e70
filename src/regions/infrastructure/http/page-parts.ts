import { hasMoreParts } from '../../../platform/http/bodies/json-parts.js';
import { FACT_COLUMNS } from '../../domain/fact-row.js';

/** Facts, contents of conflicts or erasures that anybody may ask for in one page (`limit`). */
export const MOST_ROWS = 5_000;
/** Members of a content of a conflict; an erasure has fewer. */
const MEMBERS = 5;
/** More than stand in a page around its rows. */
const HEAD = 100;
/** A page of the most facts and of the most contents has no more lists, objects and commas. */
const MOST_PARTS = MOST_ROWS * (FACT_COLUMNS.length + 1) + MOST_ROWS * (MEMBERS + 1) + HEAD;

export const TOO_DENSE = `its page has more than ${MOST_PARTS} lists, objects and commas, which is more than any region sends`;

export const isTooDense = (json: Buffer): boolean => hasMoreParts(json, { commas: true, most: MOST_PARTS });
