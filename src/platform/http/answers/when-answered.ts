import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The work to do when a connection closes. There is one listener for all of it, however many requests it carries. Null: it has
 * closed.
 */
const onClose = new WeakMap<Socket, Set<() => void> | null>();

/** The same for each answer. */
const onAnswer = new WeakMap<ServerResponse, (() => void)[]>();

/**
 * Calls back once: when the client has taken the answer, or its connection is closed. Node tells a response that waits behind
 * another of the same connection (pipelining) of neither, when the connection closes. It calls back at once if the connection
 * has closed already, of which Node does not tell again.
 */
export function whenAnswered(answer: ServerResponse, then: () => void): void {
  const { socket } = answer.req;
  const known = onClose.get(socket);
  if (known === null) return then();
  const waiting = known ?? watch(socket);
  const once = () => {
    if (waiting.delete(once)) then();
  };
  waiting.add(once);
  const others = onAnswer.get(answer);
  if (others) return void others.push(once);
  const all = [once];
  onAnswer.set(answer, all);
  answer.once('close', () => {
    for (const one of all) one();
    // The callbacks know the answer, so the map would let go of them only with a full collection of garbage.
    onAnswer.delete(answer);
  });
}

function watch(socket: Socket): Set<() => void> {
  const waiting = new Set<() => void>();
  onClose.set(socket, waiting);
  socket.once('close', () => {
    onClose.set(socket, null);
    for (const once of [...waiting]) once();
  });
  return waiting;
}
