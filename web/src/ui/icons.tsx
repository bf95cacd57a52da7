/** Line icons, drawn on a 24 grid. They say nothing by themselves: the button that holds one has a name. */
import type { JSX } from "preact";

const PATHS = {
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  dice: "M5 5h14v14H5zM9 9h.01M15 9h.01M12 12h.01M9 15h.01M15 15h.01",
  play: "M8 5.5v13l11-6.5z",
  pause: "M8 5v14M16 5v14",
  loud: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 010 6M18 6.5a8 8 0 010 11",
  silent: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5",
  full: "M5 9V5h4M15 5h4v4M19 15v4h-4M9 19H5v-4",
  loop: "M5 11V9.5A3.5 3.5 0 018.5 6H19m-3-3l3 3-3 3M19 13v1.5a3.5 3.5 0 01-3.5 3.5H5m3 3l-3-3 3-3",
  down: "M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 19.5h14",
  again: "M19.5 12a7.5 7.5 0 11-2.2-5.3L19.5 9M19.5 4.5V9H15",
  edit: "M5 19h3.5L19 8.5 15.5 5 5 15.5zM13.5 7l3.5 3.5",
  bin: "M5 7h14M10 4h4M7 7l.8 12.5h8.4L17 7M10.5 10.5v6M13.5 10.5v6",
  film: "M4 5h16v14H4zM8 5v14M16 5v14M4 9.7h4M4 14.3h4M16 9.7h4M16 14.3h4",
  picture: "M4 5h16v14H4zM4 16l4.5-4.5 4 4 3-3L20 17M15.5 9.5h.01",
  wave: "M4 10v4M8 7v10M12 4v16M16 8v8M20 10.5v3",
  in: "M11 4.5a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM15.8 15.8L20 20M11 8.5v5M8.5 11h5",
  out: "M11 4.5a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM15.8 15.8L20 20M8.5 11h5",
  fit: "M4 12h16M7 8.5L3.5 12 7 15.5M17 8.5l3.5 3.5-3.5 3.5",
  sun: "M12 8a4 4 0 100 8 4 4 0 000-8zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6L7 7M17 17l1.4 1.4M5.6 18.4L7 17M17 7l1.4-1.4",
  moon: "M19 14.5A7.5 7.5 0 019.5 5a7.5 7.5 0 109.5 9.5z",
  half: "M12 4a8 8 0 100 16 8 8 0 000-16zM12 4v16M12 8h6M12 12h8M12 16h6",
  check: "M5 12.5l4.5 4.5L19 7.5",
  warn: "M12 4L3 19.5h18zM12 10v4.5M12 17h.01",
  at: "M15.5 12a3.5 3.5 0 11-7 0 3.5 3.5 0 017 0zM15.5 8.5V13a2.3 2.3 0 004.5 0v-1a8 8 0 10-3.2 6.4",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 017 0v3",
  chevron: "M7 10l5 5 5-5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark: two frames of a strip, and the sound track beside them. */
export function Mark({ size = 30 }: { size?: number }): JSX.Element {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <path class="mark-holes" d="M10 6v52M54 6v52" />
      <rect class="mark-frame" x="18" y="11" width="18" height="19" rx="2" />
      <rect class="mark-frame" x="18" y="34" width="18" height="19" rx="2" />
      <path class="mark-sound" d="M43 6q4 4 0 8.5t0 8.5q5 4.500 0 9t0 9q4 4.500 0 8.500t0 8.500" />
    </svg>
  );
}

export function IconButton(props: {
  icon: IconName;
  label: string;
  onClick: (event: MouseEvent) => void;
  pressed?: boolean;
  disabled?: boolean;
  kind?: string;
  size?: number;
}): JSX.Element {
  const { icon, label, onClick, pressed, disabled, kind = "", size } = props;
  return (
    <button type="button" class={`icon-button ${kind}`} aria-label={label} title={label} aria-pressed={pressed} disabled={disabled} onClick={onClick}>
      <Icon name={icon} size={size} />
    </button>
  );
}
