import Type from 'typebox';
import { type Answer, answer, described, text, time } from '../../../platform/answer-schema.js';
import { type Interval, INTERVALS } from '../../domain/buckets.js';
import { SeriesDefinitions } from './definitions.answer.js';
import { CURRENCY, decimal, TOTALS } from './figures.answer.js';
import { FRESHNESS } from './freshness.answer.js';
import { COMPUTED_FROM, COUNTED_WINDOW, PERIOD } from './window.answer.js';

const BucketRevenue = answer('BucketRevenue', {
  currency: CURRENCY,
  amount: decimal('19.90', 'Sum of the amounts of the sales.'),
});

const Point = answer('Point', {
  time: time('2025-11-22T08:00:00.000+01:00', "Where the bucket begins, with the zone's offset."),
  partial: Type.Boolean({
    examples: [false],
    description:
      'The window covers only a part of the bucket: the figures are of that part. An event at the very end of a window that ends where a bucket begins is counted in the point before.',
  }),
  ...TOTALS,
  revenue: Type.Array(BucketRevenue, { description: 'By currency; none without sales.' }),
});
export type Point = Answer<typeof Point>;

const POINTS = Type.Array(Point, { description: 'Oldest first, none left out.' });

const SeriesComparison = answer('SeriesComparison', { ...COUNTED_WINDOW, points: POINTS });

export const Timeseries = answer('Timeseries', {
  ...FRESHNESS,
  period: PERIOD,
  ...COUNTED_WINDOW,
  interval: Type.Enum(Object.keys(INTERVALS) as Interval[], { examples: ['hour'] }),
  tz: text('Europe/Madrid', 'As IANA writes the name that was asked for.'),
  computed_from: COMPUTED_FROM,
  definitions: SeriesDefinitions,
  points: POINTS,
  comparison: Type.Optional(
    described(SeriesComparison, 'With `compare`: the same of an earlier window, in buckets of the same interval.'),
  ),
});
export type Timeseries = Answer<typeof Timeseries>;
