# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for unitlock(1)

function __unitlock_services
    set -l manager --system
    contains -- --user (commandline -opc); and set manager --user
    systemctl $manager list-unit-files --type=service --no-legend --no-pager 2>/dev/null | string split -f1 ' '
end

function __unitlock_presets
    unitlock presets -o json 2>/dev/null | string replace -rf '^\{"preset":"([^"]*)".*' '$1'
end

set -l verbs denials diff disable enable export import metrics presets security show status suggest verify why
complete -c unitlock -f
complete -c unitlock -n "not __fish_seen_subcommand_from $verbs" -a denials -d 'Show what was denied'
complete -c unitlock -n "not __fish_seen_subcommand_from $verbs" -a diff -d 'Compare what runs with what is declared'
complete -c unitlock -n "not __fish_seen_subcommand_from $verbs" -a disable -d 'Take back what enable has declared'
complete -c unitlock -n "not __fish_seen_subcommand_from $verbs" -a enable -d 'Declare services confined by a preset'
complete -c unitlock -n "not __fish_seen_subcommand_from $verbs" -a export -d 'Print a policy as landlockconfig'
complete -c unitlock -n "not __fish_seen_subcommand_from $verbs" -a import -d 'Print landlockconfig as a preset'
complete -c unitlock -n "not __fish_seen_subcommand_from $verbs" -a metrics -d 'Print figures for Prometheus'
complete -c unitlock -n "not __fish_seen_subcommand_from $verbs" -a presets -d 'Show the presets that there are'
complete -c unitlock -n "not __fish_seen_subcommand_from $verbs" -a security -d 'Score how much services could still do'
complete -c unitlock -n "not __fish_seen_subcommand_from $verbs" -a show -d "Show a unit's policy"
complete -c unitlock -n "not __fish_seen_subcommand_from $verbs" -a status -d 'Show what is confined'
complete -c unitlock -n "not __fish_seen_subcommand_from $verbs" -a suggest -d 'Turn denials into lines of a declaration'
complete -c unitlock -n "not __fish_seen_subcommand_from $verbs" -a verify -d 'Check without starting anything'
complete -c unitlock -n "not __fish_seen_subcommand_from $verbs" -a why -d 'Say whether a service may do something'
complete -c unitlock -l help -s h -d 'Show help'
complete -c unitlock -l version -d 'Show the version'
complete -c unitlock -l user -d "Look at the calling user's services"
complete -c unitlock -l system -d "Look at the system's services"
complete -c unitlock -l root -r -a '(__fish_complete_directories)' -d 'Look below this directory'
complete -c unitlock -n '__fish_seen_subcommand_from denials diff disable enable export security show status suggest verify why' -a '(__unitlock_services)'
complete -c unitlock -n '__fish_seen_subcommand_from presets' -a '(__unitlock_presets)'
complete -c unitlock -n '__fish_seen_subcommand_from enable' -l preset -x -a '(__unitlock_presets)' -d 'In place of the one of its name'
complete -c unitlock -n '__fish_seen_subcommand_from disable enable suggest' -l no-reload -d 'Do not reload systemd'
complete -c unitlock -s o -l output -x -a 'table json'
complete -c unitlock -n '__fish_seen_subcommand_from verify' -l strict -d 'Warnings count as errors'
complete -c unitlock -n '__fish_seen_subcommand_from import verify' -F
complete -c unitlock -n '__fish_seen_subcommand_from import' -l name -x -d "The preset's name"
complete -c unitlock -n '__fish_seen_subcommand_from export import' -l format -x -a 'json toml' -d 'Of the files'
complete -c unitlock -n '__fish_seen_subcommand_from denials metrics suggest why' -l since -x -d 'Not before'
complete -c unitlock -n '__fish_seen_subcommand_from denials metrics suggest why' -l until -x -d 'Not after'
complete -c unitlock -n '__fish_seen_subcommand_from denials metrics suggest why' -s b -l boot -d 'One boot only'
complete -c unitlock -n '__fish_seen_subcommand_from denials metrics suggest why' -l directory -r -a '(__fish_complete_directories)'
complete -c unitlock -n '__fish_seen_subcommand_from denials metrics suggest why' -l file -r -F
complete -c unitlock -n '__fish_seen_subcommand_from security show why' -l abi -x -d 'What this ABI enforces'
complete -c unitlock -n '__fish_seen_subcommand_from denials metrics suggest why' -s m -l merge -d 'Journals of other machines too'
complete -c unitlock -n '__fish_seen_subcommand_from denials' -l raw -d 'One line for each'
complete -c unitlock -n '__fish_seen_subcommand_from denials' -s f -l follow -d 'Wait for more'
complete -c unitlock -n '__fish_seen_subcommand_from denials' -s l -l full -d 'Cut no path'
complete -c unitlock -n '__fish_seen_subcommand_from denials' -s n -l lines -x -d 'The last of them only'
complete -c unitlock -n '__fish_seen_subcommand_from denials' -s r -l reverse -d 'The newest first'
complete -c unitlock -n '__fish_seen_subcommand_from denials' -l right -x -d 'Of this right'
complete -c unitlock -n '__fish_seen_subcommand_from denials' -l path -r -F -d 'Below this path'
complete -c unitlock -n '__fish_seen_subcommand_from denials' -l program -r -F -d 'By this program'
complete -c unitlock -n '__fish_seen_subcommand_from denials' -l invocation -x -d 'Of this start'
complete -c unitlock -n '__fish_seen_subcommand_from denials' -l attribution -x -a 'certain likely disputed unclaimed foreign unknown'
complete -c unitlock -n '__fish_seen_subcommand_from denials' -l host -x -d 'Of this host'
complete -c unitlock -n '__fish_seen_subcommand_from status' -l probe -d 'Have the processes try what they are denied'
complete -c unitlock -n '__fish_seen_subcommand_from denials' -l probes -d 'Also what status --probe has caused'
complete -c unitlock -n '__fish_seen_subcommand_from denials' -l expected -d 'Also what is declared as expected'
complete -c unitlock -n '__fish_seen_subcommand_from denials' -l cursor-file -r -F -d 'Where to go on'
complete -c unitlock -l no-pager -d 'Print without a pager'
complete -c unitlock -n '__fish_seen_subcommand_from security' -l threshold -x -d 'Fail where an exposure is over it'
complete -c unitlock -n '__fish_seen_subcommand_from security' -l offline -d 'Do not ask what runs'
complete -c unitlock -n '__fish_seen_subcommand_from show' -l drop-in -d 'Print what is injected'
complete -c unitlock -n '__fish_seen_subcommand_from show' -l tree -d 'Print who says what'
complete -c unitlock -n '__fish_seen_subcommand_from suggest' -l write -d 'Add the lines to a drop-in'
complete -c unitlock -n '__fish_seen_subcommand_from suggest' -l interactive -d 'Ask for each'
complete -c unitlock -n '__fish_seen_subcommand_from suggest' -l undo -d 'Take back the last'
complete -c unitlock -n '__fish_seen_subcommand_from suggest' -l sensitive -x -d 'Write this one too'
complete -c unitlock -n '__fish_seen_subcommand_from metrics' -l state -r -F -d 'Count on from this file'
complete -c unitlock -n '__fish_seen_subcommand_from metrics' -l write -r -F -d 'Replace this file'
complete -c unitlock -n '__fish_seen_subcommand_from metrics' -l format -x -a 'prometheus openmetrics'
