import { InvalidConfiguration } from './platform/config/config.js';
import { PostgresAway } from './cli/postgres-away.js';
import { UsageError } from './cli/usage-error.js';

/** A command's own file. Loaded only when it is asked for. */
interface Command {
  readonly HELP: string;
  /** @param args behind the command's name. @returns the exit code. @throws UsageError */
  run(args: readonly string[]): Promise<number>;
}

const COMMANDS: Readonly<Record<string, { readonly about: string; load(): Promise<Command> }>> = {
  migrate: { about: 'brings the schema up to date', load: () => import('./cli/migrate.js') },
  verify: { about: 'compares the counts that /metrics reads with the events', load: () => import('./cli/verify.js') },
  rebuild: { about: 'makes these counts what the events say', load: () => import('./cli/rebuild.js') },
  keys: { about: 'makes, lists, replaces and ends keys', load: () => import('./cli/keys.js') },
  merge: { about: 'merges what another region recorded into this one', load: () => import('./cli/merge.js') },
  'reset-cursor': {
    about: 'lets Pulsar deliver again what was published from a time on',
    load: () => import('./cli/reset-cursor.js'),
  },
  import: { about: 'records the clicks of an older heatmap.db', load: () => import('./cli/import.js') },
  demo: { about: 'publishes a realistic stream of events', load: () => import('./cli/demo.js') },
};

const HELP = `node dist/cli.js <command> [options], or npm run <command> -- [options]

${Object.entries(COMMANDS)
  .map(([name, { about }]) => `  ${name.padEnd(14)}${about}`)
  .join('\n')}

<command> --help names the options.`;

const EXIT_WRONG_USAGE = 2;
const say = (text: string) => void process.stdout.write(`${text}\n`);
const complain = (text: string) => void process.stderr.write(`${text}\n`);
const asksForHelp = (argument: string | undefined) => argument === '--help' || argument === '-h';

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (asksForHelp(name)) {
    say(HELP);
    return 0;
  }
  if (name === undefined || !Object.hasOwn(COMMANDS, name)) {
    complain(`${name === undefined ? 'Which command?' : `There is no command ${name}.`}\n\n${HELP}`);
    return EXIT_WRONG_USAGE;
  }
  const command = await COMMANDS[name]!.load();
  if (args.some(asksForHelp)) {
    say(command.HELP);
    return 0;
  }
  try {
    return await command.run(args);
  } catch (error) {
    if (error instanceof UsageError) {
      complain(`${error.message}\n\n${command.HELP}`);
      return EXIT_WRONG_USAGE;
    }
    if (!(error instanceof InvalidConfiguration || error instanceof PostgresAway)) throw error;
    complain(error.message);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
