/** A form made from an option schema: a field for each option, with what it means. */
import { useId } from 'react';
import type { Choice } from '../../worker/catalogue.ts';
import type { Options } from '../studio.tsx';
import { spaced } from './words.ts';

/** What a form asks for: options of a schema, and what uses ask besides. */
type Asked = Omit<Choice, 'type'> & { readonly type: Choice['type'] | 'text' | 'picture' };

interface Props {
  readonly choices: readonly Asked[];
  readonly options: Options;
  /** What holds where nothing is chosen. */
  readonly presets: Options;
  /** Whether lists say which of their words is the usual one. */
  readonly marksUsual?: boolean;
  readonly onChange: (options: Options) => void;
}

export function OptionForm({ choices, options, presets, marksUsual = false, onChange }: Props) {
  return (
    <div className="fields">
      {choices.map((choice) => (
        <Field
          key={choice.name}
          choice={choice}
          value={options[choice.name]}
          preset={presets[choice.name] ?? choice.preset}
          marksUsual={marksUsual}
          onChange={(value) => {
            const { [choice.name]: _, ...others } = options;
            onChange(value === undefined ? others : { ...others, [choice.name]: value });
          }}
        />
      ))}
    </div>
  );
}

function Field({
  choice,
  value,
  preset,
  marksUsual,
  onChange,
}: {
  readonly choice: Asked;
  readonly value: unknown;
  readonly preset: unknown;
  readonly marksUsual: boolean;
  readonly onChange: (value: unknown) => void;
}) {
  const id = useId();
  const { name, type, words, description } = choice;
  const usual = words.find((word) => word === preset);
  return (
    <div className="field">
      <label htmlFor={id}>{spaced(name)}</label>
      {type === 'words' ? (
        <select
          id={id}
          value={String(value ?? usual ?? '')}
          onChange={({ target }) => onChange(target.value === (usual ?? '') ? undefined : target.value)}
        >
          {usual === undefined && (
            <option value="">{preset === undefined ? 'chosen for you' : `${preset} (usual)`}</option>
          )}
          {words.map((word) => (
            <option key={word} value={word}>
              {marksUsual && word === usual ? `${word} (usual)` : word}
            </option>
          ))}
        </select>
      ) : type === 'switch' ? (
        <input
          id={id}
          type="checkbox"
          checked={Boolean(value ?? preset)}
          onChange={({ target }) => onChange(target.checked)}
        />
      ) : type === 'picture' ? (
        <input
          id={id}
          type="file"
          accept="image/*"
          aria-describedby={`${id}-about`}
          onChange={({ target }) => onChange(target.files?.[0])}
        />
      ) : (
        <input
          id={id}
          type="text"
          inputMode={type === 'list of numbers' || type === 'text' ? 'text' : 'decimal'}
          defaultValue={printed(value)}
          key={printed(value)}
          placeholder={preset === undefined ? 'chosen for you' : printed(preset)}
          aria-describedby={`${id}-about`}
          onBlur={({ target }) => onChange(parsed(target.value, type))}
          onKeyDown={(event) => event.key === 'Enter' && onChange(parsed(event.currentTarget.value, type))}
        />
      )}
      <p id={`${id}-about`} className="about">
        {description}
      </p>
    </div>
  );
}

function printed(value: unknown): string {
  if (value === undefined) return '';
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** Texts that are no numbers go on as they are: the plan says what is wrong with them. */
function parsed(text: string, type: Asked['type']): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (type === 'text') return trimmed;
  if (type === 'list of numbers') return trimmed.split(/[\s,]+/).map(Number);
  return Number.isNaN(Number(trimmed)) ? trimmed : Number(trimmed);
}
