/** A batch of 5 MB from each of a dozen clients; what is read beyond it could only wait for the storage. */
const MOST_BYTES = 64_000_000;
/** Apart, so that strangers cannot use up what those with a key need. */
const MOST_BYTES_OF_STRANGERS = 16_000_000;
/** Decoders have a share of their own: packed bodies that never end keep no plain one out. */
const MOST_BYTES_OF_DECODERS = 32_000_000;
const MOST_BYTES_OF_STRANGERS_DECODERS = 8_000_000;

/** The part of a share that one request holds. */
export interface Hold {
  /** @returns false, and nothing is taken, when the share does not have so many bytes left, or the part was given back already */
  grow(bytes: number): boolean;
  /** Gives all back, for good: a decoder goes on for a moment when its client has left. More than once is harmless. */
  release(): void;
}

/** The parts that one request holds. */
export interface BodyHold extends Hold {
  /** For the memory of a decoder, until it is destroyed. */
  readonly decoder: Hold;
}

/** Bytes of bodies, unpacked, that this process has read and not answered yet, and of what unpacks them. */
export class BodiesInFlight {
  private readonly ofKeys = new Shares(MOST_BYTES, MOST_BYTES_OF_DECODERS);
  private readonly ofStrangers = new Shares(MOST_BYTES_OF_STRANGERS, MOST_BYTES_OF_STRANGERS_DECODERS);

  hold(withKey: boolean): BodyHold {
    return (withKey ? this.ofKeys : this.ofStrangers).hold();
  }
}

class Shares {
  private readonly bodies: Share;
  private readonly decoders: Share;

  constructor(mostOfBodies: number, mostOfDecoders: number) {
    this.bodies = new Share(mostOfBodies);
    this.decoders = new Share(mostOfDecoders);
  }

  hold(): BodyHold {
    const body = this.bodies.hold();
    const decoder = this.decoders.hold();
    const release = () => {
      body.release();
      decoder.release();
    };
    return { grow: body.grow, release, decoder };
  }
}

class Share {
  private bytes = 0;

  constructor(private readonly most: number) {}

  hold(): { readonly grow: (bytes: number) => boolean; readonly release: () => void } {
    let mine = 0;
    let isReleased = false;
    return {
      grow: (bytes) => {
        if (isReleased || this.bytes + bytes > this.most) return false;
        this.bytes += bytes;
        mine += bytes;
        return true;
      },
      release: () => {
        isReleased = true;
        this.bytes -= mine;
        mine = 0;
      },
    };
  }
}
