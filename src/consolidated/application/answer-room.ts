import { Injectable } from '@nestjs/common';

/** The answers of services that are in memory may take this much together. */
export const ROOM_BYTES = 64_000_000;

/** What a caller has of a service. */
interface Answer {
  /** The memory that it takes. */
  readonly bytes: number;
}

/** Counts the memory of what the services answer: while it comes in, and for as long as callers work with it. */
@Injectable()
export class AnswerRoom {
  private taken = 0;
  /** How many callers have an answer: it is in memory once, however many share it. */
  private readonly callers = new Map<Answer, number>();

  /** How much is taken. */
  get bytes(): number {
    return this.taken;
  }

  /** @param bytes below zero: so much is free again @returns whether there was room; it is counted in any case */
  take(bytes: number): boolean {
    this.taken += bytes;
    return this.taken <= ROOM_BYTES;
  }

  /** A caller has it from now on. There is always room: it has just come in, or others have it. */
  keep(answer: Answer): void {
    const callers = this.callers.get(answer) ?? 0;
    if (callers === 0) this.take(answer.bytes);
    this.callers.set(answer, callers + 1);
  }

  letGo(answer: Answer): void {
    const callers = this.callers.get(answer) ?? 0;
    if (callers > 1) return void this.callers.set(answer, callers - 1);
    if (this.callers.delete(answer)) this.take(-answer.bytes);
  }
}
