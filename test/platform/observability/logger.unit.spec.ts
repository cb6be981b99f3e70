import { createLogger } from '../../../src/platform/observability/logger.js';

describe('the log', () => {
  it('names an error of PostgreSQL without the row that it quotes', () => {
    const lines: string[] = [];
    const logger = createLogger('info', 'test', { write: (line) => void lines.push(line) });
    const error = Object.assign(new Error('new row violates check constraint "events_amount"'), {
      code: '23514',
      detail: 'Failing row contains (canary, …).',
      where: 'COPY events, line 1: canary',
      parameters: ['canary'],
    });
    logger.warn({ err: error, sqlState: '23514' }, 'PostgreSQL refuses a row');
    logger.warn({ err: new Error('outer', { cause: error }) }, 'a write failed');
    expect(lines.join('')).not.toContain('canary');
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 40, err: { code: '23514', message: error.message } });
    expect((JSON.parse(lines[0]!) as { err: { stack: string } }).err.stack).toContain('logger.unit.spec');
  });
});
