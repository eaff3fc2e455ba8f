// The page of the tour: nine steps, each with the three ways to do it side by side.
import { useState } from 'react';
import { Command, Head } from './parts.jsx';
import { href } from './router.js';
import { useTour } from './tour_steps.js';

function Step({ step, index, open, onOpen }) {
    return <li className={`card step${step.done ? ' done' : ''}`}>
        <h2><button type="button" className="plain" aria-expanded={open} onClick={onOpen}>
            <span className={`state ${step.done ? 'good' : 'off'}`}><span aria-hidden="true"
                className="sign">{step.done ? '✔' : index + 1}</span><span className="hidden">
                {step.done ? 'Done: ' : `Step ${index + 1}: `}</span></span> {step.title}</button></h2>
        {open && <>
            <p>{step.text}</p>
            <div className="cards three">
                <div><h3>Console</h3><p><a href={href({ page: step.page })}>{step.where}</a></p></div>
                <div><h3>CLI</h3><Command text={step.cli} /></div>
                <div><h3>API</h3><pre className="xml" tabIndex={0} role="region"
                    aria-label="API call"><code>{step.api}</code></pre></div>
            </div></>}
    </li>;
}

export function TourPage() {
    const { steps, next } = useTour();
    const [opened, setOpened] = useState();
    const open = opened ?? next?.id;
    const done = steps.filter(step => step.done).length;
    return <section>
        <Head title="Tour: three ways to make an AMI" />
        <p>The AWS Management Console, the CLI and the API lead to the same world. Each step is checked on
            your real state, whichever way you take.</p>
        <p className="row"><progress max={steps.length} value={done} aria-label="Steps done" />{' '}
            {done} of {steps.length}</p>
        <ol className="steps">{steps.map((step, index) => <Step key={step.id} {...{ step, index }}
            open={open === step.id} onOpen={() => setOpened(open === step.id ? '' : step.id)} />)}</ol>
    </section>;
}
