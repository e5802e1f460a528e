/** The end of a process that another one has told about. */
import { AutoencoderError } from '../base/errors.ts';

/** Ends the command with an exit code and without a word. */
export class ToldElsewhere extends AutoencoderError {
  override readonly exitCode: number;

  constructor(exitCode: number, options?: ErrorOptions) {
    super('', options);
    this.exitCode = exitCode;
  }
}
