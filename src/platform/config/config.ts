import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { impossibleCombinations } from '../pulsar/credentials/impossible-combinations.js';
import { addressOfHost } from '../pulsar/service-address.js';
import { gather, type Gathered, type Slice } from '../slice.js';
import { SecretFile } from './secret-file.js';
import type { ValuesOf, Variable, Variables } from './variable.js';
import type { Settings } from './variables.js';

/** All wrong variables at once, each with its name and what it should be. */
export class InvalidConfiguration extends Error {
  override readonly name = 'InvalidConfiguration';
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} wrong value(s):\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
}

/** Values by the name of their variable. */
type SecretFiles = ReadonlyMap<string, SecretFile>;

/**
 * Holds the service's settings, and the addresses of its own servers once they are known. Nothing in it ever changes except
 * secrets in files.
 */
export class Config {
  constructor(
    /** The platform's own. */
    readonly settings: Settings,
    private readonly declared: ReadonlySet<Variables>,
    /** Why there is no Pulsar to connect to (no Docker, no Java); null when there is an address. */
    readonly pulsarOff: string | null = null,
    private readonly files: SecretFiles = new Map(),
  ) {}

  /** A secret as it is at this moment: what stands in a file may have been replaced since the start. */
  current(name: 'API_TOKEN' | 'DATABASE_URL' | 'PULSAR_TOKEN' | 'PULSAR_OAUTH2_CLIENT_SECRET'): string | null {
    return this.files.get(name)?.current() ?? this.settings[name];
  }

  /** The same of a secret that a slice declared. */
  currentOf<Declared extends Variables, Name extends keyof Declared & string>(
    variables: Declared,
    name: Name,
  ): ValuesOf<Declared>[Name] {
    return (this.files.get(name)?.current() ?? this.of(variables)[name]) as ValuesOf<Declared>[Name];
  }

  /** The values of the variables that a slice declared: `config.of(ITS_VARIABLES).NAME`. */
  of<Declared extends Variables>(variables: Declared): ValuesOf<Declared> {
    if (!this.declared.has(variables)) throw new Error(`no slice of the list has ${Object.keys(variables).join(', ')}`);
    return this.settings as unknown as ValuesOf<Declared>;
  }

  /** @param changes values by the name of their variable, of the platform or of any slice. */
  with(changes: Partial<Settings> & Readonly<Record<string, unknown>>, pulsarOff = this.pulsarOff): Config {
    const unknown = Object.keys(changes).filter((name) => !Object.hasOwn(this.settings, name));
    if (unknown.length > 0) throw new Error(`no slice of the list has ${unknown.join(', ')}`);
    const files = new Map([...this.files].filter(([name]) => !Object.hasOwn(changes, name)));
    return new Config({ ...this.settings, ...changes }, this.declared, pulsarOff, files);
  }

  /** Whether others than this machine reach the service. */
  get isPublic(): boolean {
    return isPublic(this.settings.HOST);
  }

  get logLevel(): string {
    return this.settings.LOG_LEVEL ?? (this.settings.DEBUG ? 'debug' : 'info');
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads `.env` (when there) under the environment, which wins. Empty means unset. */
export function readEnvironment(file = '.env'): Environment {
  let fromFile: Environment = {};
  try {
    fromFile = parseEnv(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  // eslint-disable-next-line no-restricted-properties -- this is the one file that reads the environment
  return { ...fromFile, ...process.env };
}

/** @param slices whose variables are read beside the platform's. @throws InvalidConfiguration */
export function loadConfig(slices: readonly Slice[], environment: Environment = readEnvironment()): Config {
  const { variables, declared, check } = gather(slices);
  const files = new Map<string, SecretFile>();
  return new Config(read(variables, environment, check, files), declared, null, files);
}

/** @param files gets those that secrets are read from */
function read(
  variables: Variables,
  environment: Environment,
  check: Gathered['check'],
  files: Map<string, SecretFile>,
): Settings {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(variables)) {
    const isSet = (synonym: string) =>
      variable.emptyIsValue ? environment[synonym] !== undefined : (environment[synonym] ?? '') !== '';
    const [given, ...others] = [name, ...variable.synonyms].filter(isSet);
    const text = given === undefined ? undefined : environment[given];
    const differing = others.find((other) => environment[other] !== text && !variable.olderNames.includes(other));
    if (differing !== undefined) {
      problems.push(
        `${given} and ${differing} must have the same value, or only one of them any: they are two names of one variable`,
      );
      continue;
    }
    try {
      const file = variable.fromFile ? environment[`${name}_FILE`] : undefined;
      if (file) values[name] = fromFile(name, variable as Variable<string>, { file, given }, files, problems);
      else values[name] = variable.parse(text);
    } catch (error) {
      const shown = variable.secret ? '' : ` (is ${JSON.stringify(text)})`;
      problems.push(`${given} must be ${(error as Error).message}${shown}`);
    }
  }
  const settings = values as Settings;
  if (settings.HOST !== undefined && isPublic(settings.HOST) && !settings.API_TOKEN && !settings.ALLOW_ANONYMOUS) {
    problems.push(
      `API_TOKEN must be set because HOST ${settings.HOST} is public; or set ALLOW_ANONYMOUS=true to accept writes from anybody`,
    );
  }
  if (settings.FAILPOINT && /^prod/i.test(settings.APP_ENV)) {
    problems.push(`FAILPOINT must be unset with APP_ENV=${settings.APP_ENV}: it makes the service fail on purpose`);
  }
  problems.push(...impossibleCombinations(settings), ...check(values));
  if (problems.length > 0) throw new InvalidConfiguration(problems);
  if (settings.PULSAR_SERVICE_URL === null && settings.PULSAR_HOST !== null) {
    return { ...settings, PULSAR_SERVICE_URL: addressOfHost(settings.PULSAR_HOST) };
  }
  return settings;
}

/** Both at once would leave it to chance which one holds. */
function fromFile(
  name: string,
  { parse }: Variable<string>,
  { file, given }: { readonly file: string; readonly given: string | undefined },
  files: Map<string, SecretFile>,
  problems: string[],
): string | null {
  try {
    if (given !== undefined) throw new Error(`unset, as ${given} is set`);
    const opened = SecretFile.open(file, parse);
    files.set(name, opened);
    return opened.current();
  } catch (error) {
    problems.push(`${name}_FILE must be ${(error as Error).message}`);
    return null;
  }
}

const isPublic = (host: string) => !/^(localhost|127(\.\d+){3}|::1|\[::1\])$/i.test(host);
