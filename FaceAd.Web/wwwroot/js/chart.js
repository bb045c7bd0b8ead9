// Draws a chart from a specification that the server computed, and follows its changes and the page's colours.
const still = matchMedia('(prefers-reduced-motion: reduce)');

// CSS variables hold light-dark() pairs: only an element knows which of the two applies.
function colour(name, probe) {
  if (!name.startsWith('--')) return name;
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

export async function create(element, library, spec, language) {
  const { default: ApexCharts } = await import(library);
  const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const probe = document.createElement('span');
  probe.hidden = true;
  element.after(probe);
  const write = value => value == null ? current.missing : numbers.format(value);
  const whole = value => value == null || (value < 10 && value % 1 !== 0) ? '' : numbers.format(value);
  const months = language === 'ko' ? { month: 'M월', day: 'M월 d일', hour: 'HH:mm', minute: 'HH:mm' } : { month: 'MMM', day: 'd MMM', hour: 'HH:mm', minute: 'HH:mm' };
  let current = spec;

  // Many short labels on a narrow screen: every third is shown, the others appear on hover.
  const places = s => s.kind === 0 && s.labels.length > 12 && element.clientWidth < 560 ? s.labels.map((label, i) => i % 3 ? '' : label) : s.labels;
  const series = s => s.series.map(one => ({
    name: one.name,
    type: s.kind === 2 ? (one.line ? 'line' : 'column') : 'bar',
    data: s.kind === 2 ? s.times.map((x, i) => ({ x: x + (s.step ?? 0) / 2, y: one.values[i] })) : one.values,
  }));

  function options(s) {
    const ink = colour('--ink-2', probe), line = colour('--line', probe), dark = colour('--surface', probe);
    const name = text => ({ text: text ?? undefined, style: { color: ink, fontSize: '12px', fontWeight: 500 } });
    const axis = { labels: { style: { colors: ink, fontSize: '12px' }, formatter: whole }, title: name(s.kind === 1 ? s.across : s.up), min: 0, forceNiceScale: true, axisBorder: { show: false } };
    const colours = s.placeColours ? s.placeColours.map(c => colour(c, probe)) : s.series.map(one => colour(one.colour, probe));
    const marks = s.marks.map((mark, i) => ({
      x: mark.from, x2: mark.until ?? undefined, borderColor: colour(mark.colour, probe), fillColor: colour(mark.colour, probe), opacity: .18, strokeDashArray: 3,
      label: { text: `${i + 1}`, orientation: 'horizontal', offsetY: -2, borderColor: colour(mark.colour, probe), style: { background: dark, color: colour(mark.colour, probe), fontSize: '12px', fontWeight: 600 } },
    }));
    const sharing = s.series.filter(one => !one.secondScale), apart = s.series.filter(one => one.secondScale);
    return {
      chart: {
        type: s.kind === 2 ? 'line' : 'bar', height: s.height, fontFamily: 'inherit', foreColor: ink, background: 'transparent',
        toolbar: { show: false }, zoom: { enabled: false }, selection: { enabled: false },
        animations: { enabled: !still.matches, speed: 350, animateGradually: { enabled: false }, dynamicAnimation: { enabled: !still.matches, speed: 350 } },
      },
      annotations: { xaxis: marks },
      series: series(s),
      colors: colours,
      dataLabels: { enabled: false },
      grid: { borderColor: line, strokeDashArray: 3, xaxis: { lines: { show: s.kind === 1 } }, yaxis: { lines: { show: s.kind !== 1 } }, padding: { left: 8, right: 8 } },
      stroke: { width: s.kind === 2 ? s.series.map(one => one.line ? 2.5 : 0) : 0, curve: 'stepline' },
      markers: { size: 0, hover: { size: 4 } },
      plotOptions: { bar: { horizontal: s.kind === 1, distributed: !!s.placeColours, borderRadius: 4, borderRadiusApplication: 'end', columnWidth: s.kind === 2 ? '70%' : '58%', barHeight: '62%' } },
      states: { hover: { filter: { type: 'none' } }, active: { filter: { type: 'none' } } },
      legend: { show: s.series.length > 1, position: 'top', horizontalAlign: 'left', fontSize: '13px', labels: { colors: ink }, markers: { size: 5, strokeWidth: 0 }, itemMargin: { horizontal: 10 }, onItemClick: { toggleDataSeries: false } },
      xaxis: s.kind === 2
        ? { type: 'datetime', min: s.step ? s.times[0] : undefined, max: s.step ? s.times.at(-1) + s.step : undefined, title: name(s.across), labels: { datetimeUTC: true, datetimeFormatter: months, style: { colors: ink, fontSize: '12px' } }, axisBorder: { color: line }, axisTicks: { color: line }, tooltip: { enabled: false }, crosshairs: { stroke: { color: line } } }
        : { categories: places(s), title: name(s.kind === 1 ? s.up : s.across), labels: { rotate: 0, style: { colors: ink, fontSize: '12px' }, formatter: s.kind === 1 ? whole : undefined }, axisBorder: { color: line }, axisTicks: { show: false } },
      yaxis: s.kind === 2 && apart.length
        ? [...s.series.map(one => ({ ...axis, seriesName: (one.secondScale ? apart : sharing)[0].name, opposite: one.secondScale, show: one === sharing[0] || one === apart[0], title: name(one.secondScale ? s.secondUp : s.up) }))]
        : s.kind === 1 ? { title: name(s.across), labels: { style: { colors: ink, fontSize: '13px' }, maxWidth: 170 } } : axis,
      tooltip: { theme: /rgb\((\d+)/.exec(dark)?.[1] < 90 ? 'dark' : 'light', shared: true, intersect: false, x: { formatter: (value, o) => s.labels[o?.dataPointIndex] ?? value }, y: { formatter: write } },
    };
  }

  if (!element.isConnected) return null; // gone while the library was on its way
  const chart = new ApexCharts(element, options(spec));
  await chart.render();
  const recolour = () => chart.updateOptions(options(current), false, false);
  window.addEventListener('facead-theme', recolour);
  return {
    update(next) {
      const same = JSON.stringify([next.marks, next.series.map(one => one.name)]) === JSON.stringify([current.marks, current.series.map(one => one.name)]) && next.labels.length === current.labels.length && next.labels.every((label, i) => label === current.labels[i]);
      current = next;
      return same ? chart.updateSeries(series(next), !still.matches) : chart.updateOptions(options(next), false, false);
    },
    dispose() {
      window.removeEventListener('facead-theme', recolour);
      probe.remove();
      chart.destroy();
    },
  };
}
