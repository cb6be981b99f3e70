import Type from 'typebox';
import { type Answer, answer, count, nullable, text, time } from '../../../platform/answer-schema.js';

export const LiveBinView = answer('LiveBin', {
  time: time('2025-11-22T12:00:00.000Z', 'Where its two seconds begin.'),
  clicks: count(41, 'Clicks without votes and views.'),
  conversions: count(3, 'Conversions.'),
  sales: count(1, 'Sales.'),
  cheers: count(12, 'Votes.'),
  hate: count(2, 'Votes.'),
  final: Type.Boolean({
    examples: [true],
    description: 'False until two seconds after its end. A late event still changes it for ten minutes.',
  }),
});
export type LiveBinView = Answer<typeof LiveBinView>;

const VoteTotals = answer('VoteTotals', {
  cheers: count(1284, 'Votes.'),
  hate: count(322, 'Votes.'),
});
export type VoteTotals = Answer<typeof VoteTotals>;

export const LiveData = answer('LiveData', {
  totals: VoteTotals,
  since: nullable(time('2025-11-22T11:00:00.000Z', 'The totals are of later votes; null: of all time.'), {
    examples: [null],
  }),
  bins: Type.Array(LiveBinView, { description: 'The last 60, oldest first; the last one still fills.' }),
  server_time: time('2025-11-22T12:00:01.250Z', 'By the clock of PostgreSQL, which decides when a bin is final.'),
});
export type LiveData = Answer<typeof LiveData>;

export const LiveFrame = answer('LiveFrame', {
  bins: Type.Array(LiveBinView, { description: 'Each takes the place of the one with its time.' }),
});
export type LiveFrame = Answer<typeof LiveFrame>;

export const LiveGap = answer('LiveGap', {
  from: time('2025-11-22T11:00:00.000Z', 'Bins from here on are not told.'),
  to: time('2025-11-22T11:58:00.000Z', 'Bins before this are not told.'),
});
export type LiveGap = Answer<typeof LiveGap>;

export const VotePublished = answer('VotePublished', {
  event_id: text(
    '019aab4c-3e80-7abc-8def-0123456789ab',
    'As it was sent, or made for it. A resend with it counts once.',
  ),
});
export type VotePublished = Answer<typeof VotePublished>;
