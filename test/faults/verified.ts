import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs `npm run verify` on this database. @throws Error with its words when it finds a difference. */
export async function verified(databaseUrl: string): Promise<string> {
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['dist/cli.js', 'verify'], { env });
    return stdout.trim();
  } catch (error) {
    throw new Error((error as { stdout?: string }).stdout?.trim() || (error as Error).message, { cause: error });
  }
}
