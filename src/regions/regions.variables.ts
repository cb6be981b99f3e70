import { checked, choice, integer, parsed, token, type ValuesOf, type Variables } from '../platform/config/variable.js';
import { checkRegionName, RegionList } from './domain/region-list.js';

/** Which region this is, which others there are, and how they are merged. */
export const REGIONS_VARIABLES = {
  REGION: checked(checkRegionName, { default: null, about: 'name of this region, shown to the others' }),
  REGIONS: parsed((text) => RegionList.parse(text), {
    default: null,
    about: 'the other regions: name=url, separated by commas; https, or http to this machine',
  }),
  MERGE_EVERY: integer({
    default: null,
    min: 1,
    max: 10_080,
    about: 'minutes from merge to merge of every other region; unset: only when asked for',
  }),
  CONSUME: choice(['all', 'local'], {
    default: null,
    about:
      'messages that were replicated from another region: record them too, or leave them to it; unset: all, with REGIONS local',
  }),
  MERGE_TOKEN: token({ default: null, about: 'key of the role merge that the other regions gave' }),
} as const satisfies Variables;

/** @returns what is wrong, a sentence each */
export function checkRegions({ REGION, REGIONS, MERGE_EVERY }: Partial<ValuesOf<typeof REGIONS_VARIABLES>>): string[] {
  const problems: string[] = [];
  if (MERGE_EVERY && !REGIONS) problems.push('REGIONS must be set because MERGE_EVERY is: there is nothing to merge');
  if (REGIONS && REGION && REGIONS.find(REGION) !== null) {
    problems.push(`REGIONS must be the other regions, and ${REGION} is this one by REGION`);
  }
  return problems;
}
