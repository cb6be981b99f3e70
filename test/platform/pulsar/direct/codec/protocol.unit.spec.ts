import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  COMMANDS,
  COMPRESSION,
  MESSAGES,
  SERVER_ERROR,
} from '../../../../../src/platform/pulsar/direct/codec/protocol.js';

const LIBRARIES = join(process.cwd(), '.data/pulsar-lib');
const PACKAGE = 'org.apache.pulsar.common.api.proto';

/** The jar into which Pulsar's own build compiled PulsarApi.proto; null where it was not downloaded. */
function specification(): string | null {
  if (!existsSync(LIBRARIES) || spawnSync('javap', ['-version']).status !== 0) return null;
  const jars = readdirSync(LIBRARIES, { recursive: true, encoding: 'utf8' });
  const jar = jars.find((name) => /pulsar-common-\d[^/]*\.jar$/.test(name));
  return jar === undefined ? null : join(LIBRARIES, jar);
}

const jar = specification();
const describeWithJar = jar === null ? describe.skip : describe;

describe('the numbers of the protocol', () => {
  it('are used once in a message', () => {
    for (const [message, fields] of Object.entries(MESSAGES)) {
      const numbers = Object.values(fields as Record<string, readonly [number, string]>).map(([number]) => number);
      expect({ [message]: new Set(numbers).size }).toEqual({ [message]: numbers.length });
    }
  });
});

describeWithJar(
  `the numbers of the protocol, beside ${jar ?? 'the jars of Pulsar (skipped: not there, or no javap)'}`,
  () => {
    /** Of all classes by one javap: each is a JVM that starts. */
    const constants = (...names: readonly string[]): ReadonlyMap<string, Readonly<Record<string, number>>> => {
      const classes = names.map((name) => `${PACKAGE}.${name}`);
      const { stdout, status } = spawnSync('javap', ['-p', '-constants', '-cp', jar!, ...classes], {
        encoding: 'utf8',
        maxBuffer: 16_000_000,
      });
      expect(status).toBe(0);
      const found = stdout
        .split(/^Compiled from /m)
        .slice(1)
        .map((text) => {
          const values = [...text.matchAll(/int (\w+) = (\d+);/g)].map(
            ([, key, value]) => [key!, Number(value)] as const,
          );
          return Object.fromEntries(values);
        });
      expect(found.length).toBe(names.length);
      return new Map(names.map((name, index) => [name, found[index]!]));
    };

    it('are those of the specification, field by field', () => {
      const compiledMessages = constants(...Object.keys(MESSAGES));
      for (const [message, fields] of Object.entries(MESSAGES)) {
        const compiled = compiledMessages.get(message)!;
        for (const [field, [number]] of Object.entries(fields as Record<string, readonly [number, string]>))
          expect({ [`${message}.${field}`]: compiled[`_${field.toUpperCase()}_FIELD_NUMBER`] }).toEqual({
            [`${message}.${field}`]: number,
          });
      }
    }, 60_000);

    it('and command by command: the type and the field have one number', () => {
      const compiled = constants('BaseCommand$Type', 'BaseCommand');
      const [types, fields] = [compiled.get('BaseCommand$Type')!, compiled.get('BaseCommand')!];
      // The specification abbreviates three.
      const short: Record<string, [type: string, field: string]> = {
        PARTITIONED_TOPIC_METADATA: ['PARTITIONED_METADATA', 'PARTITION_METADATA'],
        PARTITIONED_TOPIC_METADATA_RESPONSE: ['PARTITIONED_METADATA_RESPONSE', 'PARTITION_METADATA_RESPONSE'],
        LOOKUP_TOPIC: ['LOOKUP', 'LOOKUP_TOPIC'],
        LOOKUP_TOPIC_RESPONSE: ['LOOKUP_RESPONSE', 'LOOKUP_TOPIC_RESPONSE'],
      };
      for (const [command, number] of Object.entries(COMMANDS)) {
        const name = command
          .replace('Command', '')
          .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
          .toUpperCase();
        const [type, field] = short[name] ?? [name, name];
        expect({ command, type: types[`${type}_VALUE`], field: fields[`_${field}_FIELD_NUMBER`] }).toEqual({
          command,
          type: number,
          field: number,
        });
      }
    }, 60_000);

    it('and the enumerations', () => {
      const enumerations = { CompressionType: COMPRESSION, ServerError: SERVER_ERROR };
      const compiledEnumerations = constants(...Object.keys(enumerations));
      for (const [name, values] of Object.entries(enumerations)) {
        const compiled = compiledEnumerations.get(name)!;
        for (const [key, value] of Object.entries(values))
          expect({ [key]: compiled[`${key}_VALUE`] }).toEqual({ [key]: value });
      }
    }, 60_000);
  },
);
