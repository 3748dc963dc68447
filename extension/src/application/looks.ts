import { failureOf, type Failure } from '../domain/failure.ts';

/** Looks that come again by themselves: they take back what they have said alone, not what an act has. */
export class Looks {
  private said: Failure | null = null;

  constructor(
    private readonly shown: () => Failure | null,
    private readonly show: (failure: Failure | null) => void,
  ) {}

  async look(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      if (this.said && this.said === this.shown()) this.show(null);
      this.said = null;
    } catch (error) {
      this.said = failureOf(error);
      this.show(this.said);
    }
  }
}
