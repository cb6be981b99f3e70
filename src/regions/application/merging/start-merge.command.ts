import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { MergeAsked } from './merge-log.port.js';
import { RegionMerges } from './region-merges.js';

/** Begins to merge another region into this one. @throws UnknownRegion @throws MergeUnderWay */
export class StartMergeCommand extends Command<{ id: string }> {
  constructor(readonly asked: MergeAsked) {
    super();
  }
}

@CommandHandler(StartMergeCommand)
export class StartMergeHandler implements ICommandHandler<StartMergeCommand> {
  constructor(private readonly merges: RegionMerges) {}

  async execute({ asked }: StartMergeCommand): Promise<{ id: string }> {
    return { id: await this.merges.start(asked) };
  }
}
