import { text, type Options, type Variable } from '../config/variable.js';
import { InvalidTopicName, parseTopicName } from './topic-name.js';

/** A topic by its short or full name; the value is the full one, which is what is stored and compared. */
export const topic = (options: Options<string>): Variable<string> => ({
  ...text(options),
  parse: (value) => fullName(value ?? options.default),
});

function fullName(name: string): string {
  try {
    return parseTopicName(name).full;
  } catch (error) {
    if (error instanceof InvalidTopicName) throw new Error(`a topic's name: ${error.rule}`, { cause: error });
    throw error;
  }
}
