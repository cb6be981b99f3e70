import type { AlertRule } from './alert-rule.js';
import { InvalidRule, parseRule, RULE_FIELDS } from './parse-rule.js';

/** As many as the API may make. */
const MOST = 500;

/** Reads the rules of a file, `{"rules": [{…}]}`, which are known by their names. @throws Error saying what it should be */
export function parseRulesFile(text: string): readonly AlertRule[] {
  const sent = readJson(text);
  const rules = (sent as { rules?: unknown } | null)?.rules;
  if (!Array.isArray(rules) || rules.length > MOST) {
    throw new Error(`a JSON file {"rules": […]} with at most ${MOST} alert rules`);
  }
  const parsed = rules.map((rule, index) => ruleAt(rule, index));
  const names = parsed.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`a file whose rules have different names: two are ${JSON.stringify(twice)}`);
  return parsed;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`a file of valid JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** Nobody gets an answer to a file, so a misspelt field is an error here. */
function ruleAt(sent: unknown, index: number): AlertRule {
  const where = `rules[${index}]`;
  const unknown =
    typeof sent === 'object' && sent !== null && Object.keys(sent).find((name) => !RULE_FIELDS.includes(name));
  if (unknown) throw new Error(`a file of alert rules: ${where}.${unknown} is no field of one`);
  try {
    return parseRule(sent);
  } catch (error) {
    if (!(error instanceof InvalidRule)) throw error;
    throw new Error(
      `a file of alert rules: ${error.errors.map(({ field, message }) => `${where}.${field} ${message}`).join('; ')}`,
      {
        cause: error,
      },
    );
  }
}
