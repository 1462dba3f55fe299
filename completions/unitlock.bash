# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# bash completion for unitlock(1)

# Of the manager that the command line names: --user or --system.
__unitlock_services() {
    systemctl "$1" list-unit-files --type=service --no-legend --no-pager 2>/dev/null | cut -d' ' -f1
    systemctl "$1" list-units --type=service --all --plain --no-legend --no-pager 2>/dev/null | cut -d' ' -f1
}

__unitlock_presets() { unitlock presets -o json 2>/dev/null | sed -n 's/^{"preset":"\([^"]*\)".*/\1/p'; }

_unitlock() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} verb='' word manager=--system
    local formats='table json' journal='--since --until --boot --directory --file --merge'
    local -A options=(
        [denials]="$journal --attribution --cursor-file --expected --follow --full --host --invocation --lines --path --probes --program --raw --reverse --right"
        [disable]='--no-reload'
        [diff]=''
        [enable]='--preset --no-reload'
        [export]='--format'
        [import]='--format --name'
        [metrics]="$journal --state --write --format"
        [presets]=''
        [security]='--abi --offline --threshold'
        [show]='--abi --drop-in --tree'
        [status]='--probe'
        [suggest]="$journal --write --interactive --sensitive --undo --no-reload"
        [verify]='--strict'
        [why]="$journal --abi"
    )
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ -n ${options[$word]+known} ]] && verb=$word
        [[ $word == --user ]] && manager=$word
    done
    case $previous in
    --root | --directory) mapfile -t COMPREPLY < <(compgen -o dirnames -- "$current") ;;
    --file | --cursor-file) mapfile -t COMPREPLY < <(compgen -o filenames -f -- "$current") ;;
    -o | --output)
        [[ $verb != verify ]] || formats='text json'
        mapfile -t COMPREPLY < <(compgen -W "$formats" -- "$current")
        ;;
    --preset) mapfile -t COMPREPLY < <(compgen -W "$(__unitlock_presets)" -- "$current") ;;
    --attribution) mapfile -t COMPREPLY < <(compgen -W 'certain likely disputed unclaimed foreign unknown' -- "$current") ;;
    --path | --program | --state) mapfile -t COMPREPLY < <(compgen -o filenames -f -- "$current") ;;
    --format)
        formats='json toml'
        [[ $verb != metrics ]] || formats='prometheus openmetrics'
        mapfile -t COMPREPLY < <(compgen -W "$formats" -- "$current")
        ;;
    --abi | -b | --boot | --host | --invocation | -n | --lines | --name | --right | --sensitive | --since | --threshold | --until)
        COMPREPLY=()
        ;;
    *)
        if [[ $current == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W "--help --version --no-pager --output --root --system --user ${verb:+${options[$verb]}}" -- "$current")
        elif [[ -z $verb ]]; then
            mapfile -t COMPREPLY < <(compgen -W "${!options[*]}" -- "$current")
        elif [[ $verb = import || ($verb = verify && $current == */*) ]]; then
            mapfile -t COMPREPLY < <(compgen -o filenames -f -- "$current")
        elif [[ $verb = presets ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$(__unitlock_presets)" -- "$current")
        else
            mapfile -t COMPREPLY < <(compgen -W "$(__unitlock_services "$manager")" -- "$current")
        fi
        ;;
    esac
}

complete -F _unitlock unitlock
