/** A batch of 5 MB from each of a dozen clients; what is read beyond it could only wait for the storage. */
const MOST_BYTES = 64_000_000;
/** Apart, so that strangers cannot use up what those with a key need. */
const MOST_BYTES_OF_STRANGERS = 16_000_000;

/** The part of a share that one request holds. */
export interface Hold {
  /** @returns false, and nothing is taken, when the share does not have so many bytes left */
  grow(bytes: number): boolean;
  /** Gives all back; more than once is harmless. */
  release(): void;
}

/** Bytes of bodies, unpacked, that this process has read and not answered yet. */
export class BodiesInFlight {
  private readonly ofKeys = new Share(MOST_BYTES);
  private readonly ofStrangers = new Share(MOST_BYTES_OF_STRANGERS);

  hold(withKey: boolean): Hold {
    return (withKey ? this.ofKeys : this.ofStrangers).hold();
  }
}

class Share {
  private bytes = 0;

  constructor(private readonly most: number) {}

  hold(): Hold {
    let mine = 0;
    return {
      grow: (bytes) => {
        if (this.bytes + bytes > this.most) return false;
        this.bytes += bytes;
        mine += bytes;
        return true;
      },
      release: () => {
        this.bytes -= mine;
        mine = 0;
      },
    };
  }
}
