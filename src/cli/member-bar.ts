/** One bar for several models that are trained one after the other. */
import type { TrainingEvent } from '../training/events.ts';
import { short, type Terminal } from './terminal.ts';

export interface MemberBar {
  readonly onEvent: (event: TrainingEvent, member: number, members: number) => void;
  readonly end: () => void;
}

export function memberBar(terminal: Terminal): MemberBar {
  let bar: ReturnType<Terminal['bar']> | undefined;
  return {
    onEvent(event, member, members) {
      if (event.type !== 'progress') return;
      bar ??= terminal.bar(members * event.steps);
      const which = members > 1 ? `model ${member + 1}/${members}  ` : '';
      bar.to(
        member * event.steps + event.step,
        `${which}epoch ${event.epoch}/${event.epochs}  loss ${short(event.loss)}`,
      );
    },
    end: () => bar?.end('Trained.'),
  };
}
