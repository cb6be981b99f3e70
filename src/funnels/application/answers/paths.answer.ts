import Type from 'typebox';
import { FRESHNESS } from '../../../metrics/application/answers/freshness.answer.js';
import { COMPUTED_FROM_FACTS, COUNTED_WINDOW, PERIOD } from '../../../metrics/application/answers/window.answer.js';
import { type Answer, answer, count, nullable, text } from '../../../platform/answer-schema.js';

const PathsNode = answer('PathsNode', {
  id: count(1, 'Its place in `nodes`.'),
  parent: nullable(count(0, 'The `id` of the page one step nearer to the root.'), {
    description: 'Null for the root.',
  }),
  step: count(1, 'How many steps from the root.'),
  page_url: text('https://product.com/item/123'),
  sessions: count(40, 'Sessions whose path leads here.'),
  share: Type.Number({
    minimum: 0,
    maximum: 100,
    examples: [33.33],
    description: "sessions ÷ the parent's sessions × 100, two decimals; 100 for the root.",
  }),
  ended: count(12, 'Of these, sessions without another page beyond; 0 at the last step, where nobody looks further.'),
  rest: Type.Object(
    {
      pages: count(3, 'Pages beyond the first five branches.'),
      sessions: count(7, 'Sessions that lead to them.'),
    },
    { additionalProperties: false, description: 'What the branches leave out.' },
  ),
});

const PathsDefinitions = answer('PathsDefinitions', {
  pages: text('of the views of a session in the window, or of its clicks where it has no view; repeats collapsed'),
  from: text('on from the first visit to the page'),
  to: text('back from the last visit to the page'),
});

export const Paths = answer('Paths', {
  ...FRESHNESS,
  period: PERIOD,
  ...COUNTED_WINDOW,
  computed_from: COMPUTED_FROM_FACTS,
  definitions: PathsDefinitions,
  page_url: text('https://product.com/', 'The root of the tree.'),
  direction: Type.Enum(['from', 'to'], { examples: ['from'] }),
  sessions: count(120, 'Sessions that visited the page.'),
  excluded: count(2, 'Views and clicks on the page, in the window, that name no session.'),
  nodes: Type.Array(PathsNode, {
    description:
      'A tree of at most five steps beyond the root and five branches each, most sessions first, equal ones by address: a parent stands before its branches.',
  }),
});
export type Paths = Answer<typeof Paths>;
export type PathsNode = Answer<typeof PathsNode>;
