import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The folders of `.sql` files that slices bring. */
export class Migrations {
  constructor(readonly folders: readonly string[]) {}
}

/** Thirteen digits, as TypeORM takes the time from a migration's name; then its subject. */
const FILE = /^(\d{13})-([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\.sql$/;
const OUTSIDE_TRANSACTION = /^-- no transaction\r?\n/;

/**
 * A file is one migration: `1763700000000-events.sql` is `Events1763700000000`. Forward only, in a transaction of its own.
 * One whose first line is `-- no transaction` runs outside of one (`create index concurrently`), statement by statement,
 * where each ends with a semicolon at the end of a line. It can stop half-way and is then run again: it must bear that.
 *
 * @returns classes for TypeORM, which runs them in the order of their times, whatever folder they are from.
 * @throws Error a file has another name, or the time of another one
 */
export async function readMigrations({ folders }: Migrations): Promise<(new () => MigrationInterface)[]> {
  const files = (await Promise.all(folders.map(filesIn))).flat();
  const byTime = new Map<string, string>();
  for (const { path, time } of files) {
    const other = byTime.get(time);
    if (other !== undefined) throw new Error(`${other} and ${path} have the same time: their order would be chance`);
    byTime.set(time, path);
  }
  return Promise.all(files.map(async ({ path, name }) => migrationOf(name, await readFile(path, 'utf8'))));
}

async function filesIn(folder: string): Promise<{ path: string; name: string; time: string }[]> {
  return (await readdir(folder)).map((file) => {
    const path = join(folder, file);
    const [, time, subject] = FILE.exec(file) ?? [];
    if (time === undefined || subject === undefined) {
      throw new Error(`${path} is no migration: write <milliseconds>-<subject-in-lower-case>.sql`);
    }
    return { path, name: pascalCase(subject) + time, time };
  });
}

function migrationOf(name: string, sql: string): new () => MigrationInterface {
  const outside = OUTSIDE_TRANSACTION.test(sql);
  const statements = outside ? sql.split(/(?<=;)[ \t]*\r?\n/).filter((statement) => statement.includes(';')) : [sql];
  return class implements MigrationInterface {
    readonly name = name;
    readonly transaction = !outside;

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of statements) await runner.query(statement);
    }

    down(): Promise<void> {
      return Promise.reject(new Error('migrations go forward only'));
    }
  };
}

const pascalCase = (subject: string): string =>
  subject.replace(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase());
