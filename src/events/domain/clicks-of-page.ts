/**
 * The events of a page stand in one of three indexes, `(page_key, occurred_at)` each: every event of the type `click` that names a
 * page fits exactly one of these conditions. A statement must repeat one to the letter for its index to be considered, and is then
 * answered by it alone where it reads no more than what the index includes (migrations/…-page-click-indexes.sql).
 */
const OF_PAGE = `event_type = 'click' and page_key is not null`;

/** Clicks at a place in the document: no votes, nothing on elements that stay in place. Includes x, y, viewport_width, scroll_y. */
export const PLACED_CLICK_SQL = `${OF_PAGE} and interaction is null and x is not null and reaction is null and target ->> 'fixed' is distinct from 'true'`;

/** Clicks on elements that stay in place, clicks that say no place, and votes. Includes viewport_width, x, y, scroll_y, reaction. */
export const OTHER_CLICK_SQL = `${OF_PAGE} and interaction is null and (x is null or reaction is not null or target ->> 'fixed' = 'true')`;

/** Views and scrolls. Includes view_id, interaction, scroll_depth, viewport_width. */
export const INTERACTION_SQL = `${OF_PAGE} and interaction is not null`;
